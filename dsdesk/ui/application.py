"""The QApplication: style, palette, font, Qt's own translation."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from dsdesk import __version__
from dsdesk.base.translate import Language
from dsdesk.ui.settings import Settings
from dsdesk.ui.theme import apply_theme, load_font
from dsdesk.ui.words import spoken


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """The one QApplication, not dressed yet."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([sys.argv[0], *arguments])
    application.setApplicationName("dsdesk")
    application.setApplicationDisplayName("dsdesk")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("dsdesk")
    application.setStyle("Fusion")
    application.setQuitOnLastWindowClosed(False)  # the window is built anew when the language changes
    return application


def dress(application: QApplication, settings: Settings) -> None:
    """Follow the preferences: font, colours, the language of standard dialogs and of numbers."""
    load_font(application, settings.text_points)
    apply_theme(application, settings.theme)
    _translate_qt(application)


def _translate_qt(application: QApplication) -> None:
    language = spoken()
    QLocale.setDefault(QLocale(language.value))
    old = application.property("qt_translator")
    if isinstance(old, QTranslator):
        application.removeTranslator(old)
    translator = QTranslator(application)
    if language is not Language.ENGLISH:
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{language.value}", folder):
            application.installTranslator(translator)
    application.setProperty("qt_translator", translator)
