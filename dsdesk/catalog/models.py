"""Language models of the library (db/llm) and of the user, read when they are asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from dsdesk.llm.architecture import Llm


class _OwnModels(Protocol):
    def own_llms(self) -> list[tuple[str, str, str]]: ...


class ModelShelf:
    """Finds language models; a single one is read alone, since the whole library takes many times as long."""

    def __init__(self, folder: Path, own: _OwnModels) -> None:
        self._folder = folder
        self._own = own
        self._library: tuple[Llm, ...] | None = None
        self._read: dict[str, Llm] = {}
        self._mine: tuple[Llm, ...] | None = None

    def forget(self) -> None:
        """Read the user's own models again when they are asked for."""
        self._mine = None

    def all(self) -> tuple[Llm, ...]:
        """All models by id, the user's own last."""
        if self._library is None:
            from dsdesk.llm.library import load_library

            self._library = load_library(self._folder)
        return self._library + self._owned()

    def _owned(self) -> tuple[Llm, ...]:
        if self._mine is None:
            rows = self._own.own_llms()
            self._mine = tuple(_read_own(*row) for row in rows)
        return self._mine

    def llm(self, llm_id: str) -> Llm | None:
        """The model with this id, or the only one whose last path element it is; None if there is none."""
        if llm_id in self._read:
            return self._read[llm_id]
        path = self._folder / (llm_id.replace("/", "__") + ".json")
        if "/" in llm_id and ".." not in llm_id and path.is_file():
            from dsdesk.llm.library import read_record

            return self._keep(llm_id, read_record(path))
        wanted = llm_id.casefold()
        return self._only(lambda one: one.id == llm_id) or self._only(
            lambda one: wanted in (one.id.casefold(), one.id.casefold().rpartition("/")[2])
        )

    def _keep(self, llm_id: str, found: Llm) -> Llm:
        self._read[llm_id] = found
        return found

    def _only(self, fits: Callable[[Llm], bool]) -> Llm | None:
        found = [one for one in self.all() if fits(one)]
        return found[0] if len(found) == 1 else None


def _read_own(llm_id: str, name: str, config: str) -> Llm:
    from dsdesk.llm.config_json import read_config

    return read_config(config, id=llm_id, name=name)
