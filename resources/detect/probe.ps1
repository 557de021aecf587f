# dsdesk probe: writes what this machine has into one text file, for dsdesk on another machine.
# It only reads. It installs nothing, opens no connection, needs no administrator.
# Left out: serial numbers, UUIDs, MAC addresses, computer and user names, programs that are running.
# Use: powershell -ExecutionPolicy Bypass -File probe.ps1 [FILE]   (default: dsdesk-probe.txt here; "-" = screen)
# Then open the file in dsdesk (This machine, open captures) or: dsdesk detect --from FILE
param([string]$Out = "dsdesk-probe.txt")
$ErrorActionPreference = "SilentlyContinue"
[Console]::OutputEncoding = [Text.Encoding]::UTF8

# The properties that are asked for are all that is written.
function Ask([string]$class, [string[]]$properties, [string]$namespace = "root/cimv2") {
  Get-CimInstance -Namespace $namespace -ClassName $class | Select-Object -Property $properties
}
$classes = "HKLM:\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}\0*"
$video = @(Ask "Win32_VideoController" @("Name", "AdapterCompatibility", "AdapterRAM", "DriverVersion", "PNPDeviceID"))
foreach ($card in $video) { $card.PNPDeviceID = $card.PNPDeviceID -replace '\\[^\\]*$', '' }
$sizes = @("DriverDesc", "MatchingDeviceId", "HardwareInformation.qwMemorySize")
$facts = [ordered]@{}
$facts.OperatingSystem = @(Ask "Win32_OperatingSystem" @("Caption", "Version", "BuildNumber", "TotalVisibleMemorySize"))
$facts.ComputerSystem = @(Ask "Win32_ComputerSystem" @("Manufacturer", "Model", "TotalPhysicalMemory", "HypervisorPresent"))
$facts.BaseBoard = @(Ask "Win32_BaseBoard" @("Manufacturer", "Product"))
$facts.Processor = @(Ask "Win32_Processor" @("Name", "NumberOfCores", "NumberOfLogicalProcessors"))
$facts.Memory = @(Ask "Win32_PhysicalMemory" @("Capacity", "Speed", "ConfiguredClockSpeed", "SMBIOSMemoryType"))
$facts.MemoryArray = @(Ask "Win32_PhysicalMemoryArray" @("MemoryDevices"))
$facts.Video = $video
$facts.VideoMemory = @(Get-ItemProperty -Path $classes | Select-Object -Property $sizes)
$facts.Disk = @(Ask "MSFT_PhysicalDisk" @("FriendlyName", "Size", "MediaType", "BusType") "root/microsoft/windows/storage")
$text = @("dsdesk probe 1", "", "===== dsdesk probe: Get-CimInstance =====", ($facts | ConvertTo-Json -Depth 4))

# NVIDIA's own tool, where there is one.
foreach ($arguments in "-q -x", "-L", "topo -m", "nvlink -s") {
  $words = $arguments.Split(" ")
  $answer = ""
  if (Get-Command nvidia-smi) { $answer = & nvidia-smi $words 2>&1 | Out-String }
  if ($answer) { $text += "", "===== dsdesk probe: nvidia-smi $arguments =====", $answer }
}
$clean = ($text -join "`n") -replace '(?s)<processes>.*?</processes>', '' `
  -replace '<(\w*(serial|uuid|pdi|guid)\w*)>[^<]*<', '<$1>removed<' `
  -replace '[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}', 'removed' `
  -replace '\b([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b', 'removed'
if ($Out -eq "-") { $clean; exit }
$target = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Out)
[IO.File]::WriteAllText($target, $clean)
"Written: $target"
