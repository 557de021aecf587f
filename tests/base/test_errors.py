"""What the system says of a file, inside a sentence of ours."""

import errno
import os

import pytest

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import Message
from dsdesk.base.translate import Language, render
from dsdesk.project.file import load


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.ENOENT, errno.EACCES, errno.EROFS, errno.EIO, errno.EISDIR])
def test_a_usual_reason_is_told_in_the_language_of_the_sentence(number):
    sentence = Message("The update stopped, and nothing was changed: {reason}.", reason=reason_of(OSError(number, "x")))
    chinese = render(sentence, Language.CHINESE)
    assert not any(letter.isascii() and letter.isalpha() for letter in chinese)
    assert render(sentence, Language.ENGLISH).endswith(f": {os.strerror(number)}.") or os.name == "nt"


def test_a_rare_reason_is_told_in_the_words_of_the_system():
    assert reason_of(OSError(errno.ELOOP, "Too many links")) == "Too many links"
    assert reason_of(OSError("without a number")) == "without a number"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileError) as caught:
        load(tmp_path / "gone.dsdesk")
    assert "没有该文件" in render(caught.value.message, Language.CHINESE)
