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
; A newer version goes to where the older one is: for all users, or for this one.
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "Software\dsdesk"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "Folder"
!include MultiUser.nsh
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh

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

LangString RUNNING ${LANG_ENGLISH} "dsdesk is running, or its folder cannot be written. Close it and try again."
LangString RUNNING ${LANG_SIMPCHINESE} "dsdesk 正在运行，或其文件夹无法写入。请关闭后重试。"
LangString PROJECT ${LANG_ENGLISH} "dsdesk project"
LangString PROJECT ${LANG_SIMPCHINESE} "dsdesk 项目"
LangString BUNDLE ${LANG_ENGLISH} "dsdesk catalogue bundle"
LangString BUNDLE ${LANG_SIMPCHINESE} "dsdesk 目录更新包"

; Windows does not delete a program that runs: then nothing is touched.
!macro DELETE_PROGRAM
  ${Do}
    ClearErrors
    Delete "$INSTDIR\dsdesk.exe"
    Delete "$INSTDIR\dsdesk-cli.exe"
    ${IfNot} ${Errors}
      ${ExitDo}
    ${EndIf}
    ${If} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDCANCEL`
      SetErrorLevel 2
      Quit
    ${EndIf}
  ${Loop}
!macroend

Function .onInit
  !insertmacro MULTIUSER_INIT
FunctionEnd

Function un.onInit
  !insertmacro MULTIUSER_UNINIT
FunctionEnd

Section "dsdesk"
  SetOutPath "$INSTDIR"
  ; An older version goes first, so that no library of it stays; what the user made lies elsewhere.
  !insertmacro DELETE_PROGRAM
  RMDir /r "$INSTDIR\_internal"
  File /r "${SOURCE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortcut "$SMPROGRAMS\dsdesk.lnk" "$INSTDIR\dsdesk.exe"

  WriteRegStr SHCTX "Software\Classes\.dsdesk" "" "dsdesk.project"
  WriteRegStr SHCTX "Software\Classes\dsdesk.project" "" "$(PROJECT)"
  WriteRegStr SHCTX "Software\Classes\dsdesk.project\DefaultIcon" "" "$INSTDIR\dsdesk.exe,0"
  WriteRegStr SHCTX "Software\Classes\dsdesk.project\shell\open\command" "" '"$INSTDIR\dsdesk.exe" "%1"'
  WriteRegStr SHCTX "Software\Classes\.dsdcat" "" "dsdesk.catalogue"
  WriteRegStr SHCTX "Software\Classes\dsdesk.catalogue" "" "$(BUNDLE)"
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
  !insertmacro DELETE_PROGRAM
  RMDir /r "$INSTDIR\_internal"
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
