"""NVIDIA cards by their management library, asked in a child process with a time limit."""

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

from dsdesk.base.errors import reason_of
from dsdesk.base.message import N_, Message
from dsdesk.detect.formats.nvidia_fields import is_unified
from dsdesk.detect.snapshot import Gpu, HostFacts, Link, Occupant, PciPlace, Slice
from dsdesk.detect.symptoms import nvml_symptom, refusals

TIMEOUT_S = 15.0
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # or a console would flash up on Windows
CHILD_FLAG = "--detect-nvml-child"


def child_command() -> list[str]:
    """How this program starts its own NVML child; a frozen program has no `-m` and answers to a flag of its own."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_FLAG]
    return [sys.executable, "-P", "-m", "dsdesk.detect.nvml_child"]


class NvmlAnswer:
    """What the library said.

    Attributes:
        gpus: one for every card that answered.
        links: between them, by index into `gpus`.
        driver: version, "" without one.
        cuda: version that the driver supports, "" without one.
        warnings: symptoms in words.
    """

    def __init__(self, raw: dict[str, Any]) -> None:
        self.driver = str(raw.get("driver") or "")
        self.cuda = _cuda(raw.get("cuda"))
        self.warnings: tuple[Message, ...] = ()
        if "error" in raw:
            self.warnings = (nvml_symptom(int(raw["error"])),)
        cards = raw.get("gpus", [])
        answering = [index for index, card in enumerate(cards) if "error" not in card]
        self.gpus = tuple(_gpu(cards[index], self.driver) for index in answering)
        self.warnings += tuple(nvml_symptom(int(card["error"])) for card in cards if "error" in card)
        refused = [card["refused"] for card in cards if card.get("refused")]
        self.warnings += refusals(refused, self.driver)
        place = {index: rank for rank, index in enumerate(answering)}
        self.links = tuple(
            Link(a=place[link["a"]], b=place[link["b"]], kind=link["kind"])
            for link in raw.get("links", [])
            if link["a"] in place and link["b"] in place
        )

    def on(self, host: HostFacts) -> HostFacts:
        """`host` with the driver's versions."""
        return replace(host, nvidia_driver=self.driver or host.nvidia_driver, cuda=self.cuda)


def ask_nvml(timeout_s: float = TIMEOUT_S) -> NvmlAnswer:
    """Ask the library; a hang, a crash and nonsense become one warning each."""
    try:
        done = subprocess.run(
            child_command(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
            creationflags=NO_WINDOW,
        )
    except subprocess.TimeoutExpired:
        return _failed(
            Message(N_("NVIDIA's library did not answer in {seconds} s. A card may hang."), seconds=timeout_s)
        )
    except OSError as error:
        return _failed(Message(N_("NVIDIA's library could not be asked: {reason}."), reason=reason_of(error)))
    try:
        raw = json.loads(done.stdout)
    except ValueError:
        return _failed(
            Message(
                N_("NVIDIA's library crashed (status {status}). A card may have fallen off the bus; reboot."),
                status=done.returncode,
            )
        )
    return NvmlAnswer(raw)


def _failed(warning: Message) -> NvmlAnswer:
    answer = NvmlAnswer({})
    answer.warnings = (warning,)
    return answer


def _cuda(number: object) -> str:
    return f"{number // 1000}.{number % 1000 // 10}" if isinstance(number, int) and number else ""


def _watts(milliwatts: object) -> float | None:
    return milliwatts / 1000 if isinstance(milliwatts, int | float) else None


def _gpu(card: dict[str, Any], driver: str) -> Gpu:
    compute, limits = card.get("compute"), card.get("power_limits_mw") or (None, None)
    device, subsystem = card.get("device"), card.get("subsystem")
    return Gpu(
        name=card.get("name") or "NVIDIA",
        vendor="nvidia",
        memory_bytes=card.get("memory") or None,
        memory_reserved_bytes=card.get("memory_reserved"),
        memory_free_bytes=card.get("memory_free"),
        unified_memory=is_unified(card.get("name") or ""),
        pci=PciPlace(
            address=address(card.get("bus") or ""),
            gen_now=card.get("gen_now"),
            gen_max=card.get("gen_max"),
            gen_host_max=card.get("gen_host_max"),
            width_now=card.get("width_now"),
            width_max=card.get("width_max"),
        ),
        pci_id=_halves(device),
        subsystem=_halves(subsystem),
        driver=driver,
        compute_id=f"sm_{compute[0]}{compute[1]}" if compute else "",
        power_limit_w=_watts(card.get("power_limit_mw")),
        power_min_w=_watts(limits[0]),
        power_max_w=_watts(limits[1]),
        power_w=_watts(card.get("power_mw")),
        temperature_c=card.get("temperature_c"),
        utilisation=card.get("utilisation"),
        ecc=card.get("ecc"),
        mig=card.get("mig"),
        slices=tuple(Slice(name=part["name"], memory_bytes=part["memory"]) for part in card.get("slices") or ()),
        occupants=tuple(
            Occupant(program=one["program"], memory_bytes=one["memory"]) for one in card.get("occupants") or ()
        ),
        nvlinks=card.get("nvlinks"),
        virtualisation=card.get("virtualisation") or "",
        driver_model=card.get("driver_model") or "",
        sources=("nvml",),
    )


def address(bus: str) -> str:
    """A PCI address as sysfs writes it: NVML and nvidia-smi write eight digits of domain and capitals."""
    domain, _, rest = bus.lower().partition(":")
    return f"{domain[-4:].zfill(4)}:{rest}" if rest.count(":") == 1 else bus.lower()


def _halves(number: object) -> str:
    """NVML packs device above vendor: 0x268410DE is "10de:2684"."""
    return f"{number & 0xFFFF:04x}:{number >> 16 & 0xFFFF:04x}" if isinstance(number, int) and number else ""
