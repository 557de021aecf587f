; The Windows setup: for this user without rights, or for all users. makensis gets VERSION, SOURCE, TARGET, ICON, LICENCE.

Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
Name "dsdesk"
OutFile "${TARGET}"
ManifestDPIAware true

!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_MUI
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_DEFAULT_CURRENTUSER
!define MULTIUSER_INSTALLMODE_INSTDIR "dsdesk"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "Software\dsdesk"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "Folder"
!include MultiUser.nsh
!include MUI2.nsh
!include FileFunc.nsh

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\dsdesk"

!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\dsdesk.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "dsdesk"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "dsdesk setup"
VIAddVersionKey "LegalCopyright" "The dsdesk authors, Apache License 2.0"

Function .onInit
  !insertmacro MULTIUSER_INIT
FunctionEnd

Function un.onInit
  !insertmacro MULTIUSER_UNINIT
FunctionEnd

Section "dsdesk"
  SetOutPath "$INSTDIR"
  ; An older version goes first, so that no library of it stays; what the user made lies elsewhere.
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\dsdesk.exe"
  Delete "$INSTDIR\dsdesk-cli.exe"
  File /r "${SOURCE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortcut "$SMPROGRAMS\dsdesk.lnk" "$INSTDIR\dsdesk.exe"

  WriteRegStr SHCTX "Software\Classes\.dsdesk" "" "dsdesk.project"
  WriteRegStr SHCTX "Software\Classes\dsdesk.project" "" "dsdesk project"
  WriteRegStr SHCTX "Software\Classes\dsdesk.project\DefaultIcon" "" "$INSTDIR\dsdesk.exe,0"
  WriteRegStr SHCTX "Software\Classes\dsdesk.project\shell\open\command" "" '"$INSTDIR\dsdesk.exe" "%1"'
  WriteRegStr SHCTX "Software\Classes\.dsdcat" "" "dsdesk.catalogue"
  WriteRegStr SHCTX "Software\Classes\dsdesk.catalogue" "" "dsdesk catalogue bundle"
  WriteRegStr SHCTX "Software\Classes\dsdesk.catalogue\DefaultIcon" "" "$INSTDIR\dsdesk.exe,0"
  WriteRegStr SHCTX "Software\Classes\dsdesk.catalogue\shell\open\command" "" '"$INSTDIR\dsdesk.exe" "%1"'
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'

  WriteRegStr SHCTX "Software\dsdesk" "Folder" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayName" "dsdesk"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL}" "Publisher" "The dsdesk authors"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayIcon" "$INSTDIR\dsdesk.exe,0"
  WriteRegStr SHCTX "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
  WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode /S'
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${UNINSTALL}" "EstimatedSize" $0
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  ; Projects, own parts, prices and preferences lie in the user's own folders and stay.
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\dsdesk.exe"
  Delete "$INSTDIR\dsdesk-cli.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\dsdesk.lnk"
  DeleteRegKey SHCTX "Software\Classes\dsdesk.project"
  DeleteRegKey SHCTX "Software\Classes\.dsdesk"
  DeleteRegKey SHCTX "Software\Classes\dsdesk.catalogue"
  DeleteRegKey SHCTX "Software\Classes\.dsdcat"
  DeleteRegKey SHCTX "Software\dsdesk"
  DeleteRegKey SHCTX "${UNINSTALL}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
