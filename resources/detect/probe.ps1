# dsdesk probe: writes what this machine has into one text file, for dsdesk on another machine.
# It only reads. It installs nothing, opens no connection, needs no administrator.
# Left out: serial numbers, UUIDs, MAC addresses, computer and user names, programs that are running.
# Use: powershell -ExecutionPolicy Bypass -File probe.ps1 [FILE]   (default: dsdesk-probe.txt here; "-" = screen)
# Then open the file in dsdesk (This machine, open captures) or: dsdesk detect --from FILE
param([string]$Out = "dsdesk-probe.txt")
$ErrorActionPreference = "SilentlyContinue"
[Console]::OutputEncoding = [Text.Encoding]::UTF8

# The properties that are asked for are all that is written.
function Ask($class, $properties, $namespace = "root/cimv2") {
  @(Get-CimInstance -Namespace $namespace -ClassName $class | Select-Object -Property $properties)
}
$display = "HKLM:\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}\0*"
$video = Ask Win32_VideoController Name, AdapterCompatibility, AdapterRAM, DriverVersion, PNPDeviceID
foreach ($card in $video) { $card.PNPDeviceID = $card.PNPDeviceID -replace '\\[^\\]*$', '' }
$facts = [ordered]@{
  OperatingSystem = Ask Win32_OperatingSystem Caption, Version, BuildNumber, TotalVisibleMemorySize
  ComputerSystem  = Ask Win32_ComputerSystem Manufacturer, Model, TotalPhysicalMemory, HypervisorPresent
  BaseBoard       = Ask Win32_BaseBoard Manufacturer, Product
  Processor       = Ask Win32_Processor Name, NumberOfCores, NumberOfLogicalProcessors
  Memory          = Ask Win32_PhysicalMemory Capacity, Speed, ConfiguredClockSpeed, SMBIOSMemoryType
  MemoryArray     = Ask Win32_PhysicalMemoryArray MemoryDevices
  Video           = $video
  VideoMemory     = @(Get-ItemProperty $display | Select-Object DriverDesc, MatchingDeviceId, HardwareInformation.qwMemorySize)
  Disk            = Ask MSFT_PhysicalDisk FriendlyName, Size, MediaType, BusType "root/microsoft/windows/storage"
}
$text = @("dsdesk probe 1", "", "===== dsdesk probe: Get-CimInstance =====", ($facts | ConvertTo-Json -Depth 4))

# NVIDIA's own tool, where there is one.
foreach ($arguments in "-q -x", "-L", "topo -m", "nvlink -s") {
  $answer = & nvidia-smi $arguments.Split(" ") 2>&1 | Out-String
  if ($answer) { $text += "", "===== dsdesk probe: nvidia-smi $arguments =====", $answer }
}
$clean = ($text -join "`n") -replace '(?s)<processes>.*?</processes>', '' `
  -replace '<(\w*(serial|uuid|pdi|guid)\w*)>[^<]*<', '<$1>removed<' `
  -replace '[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}', 'removed' `
  -replace '\b([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b', 'removed'
if ($Out -eq "-") { $clean } else { [IO.File]::WriteAllText((Join-Path (Get-Location) $Out), $clean); "Written: $Out" }
