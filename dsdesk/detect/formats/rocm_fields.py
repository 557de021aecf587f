"""One AMD accelerator from the names that ROCm's tools gave to its facts, release by release (4.3 to 7.2)."""

import re
from collections.abc import Callable, Iterable, Mapping

from dsdesk.detect.formats.nvidia_fields import product_name
from dsdesk.detect.formats.words import generation, hex_digits, lanes, number, pci_address, said, whole
from dsdesk.detect.snapshot import Gpu, PciPlace

# The first that says something counts. Names are matched without regard to case.
_NAMES = ("device name", "card series", "card model")
_MIB = 1024**2
_VENDORS = {"hygon": "hygon", "chengdu": "hygon"}


def rocm_gpu(index: int, facts: Mapping[str, object], driver: str) -> Gpu:
    """The accelerator that `rocm-smi` numbers `index`; keys of `facts` are in small letters."""

    def fact(*names: str) -> str:
        return next((text for name in names if (text := said(facts.get(name)))), "")

    names = [name for key in _NAMES if (name := said(facts.get(key))) and not name.lower().startswith("0x")]
    vendor = next((ours for word, ours in _VENDORS.items() if word in fact("card vendor").lower()), "amd")
    device = hex_digits(fact("device id", "gpu id")) or _bare_id(facts)
    vendor_id = {"amd": "1002", "hygon": "1d94"}[vendor]
    pci_id = f"{vendor_id}:{device}" if device else ""
    revision = hex_digits(fact("device rev"))[-2:]
    used, total = _bytes(fact, "vram total used memory"), _bytes(fact, "vram total memory")
    share, level = number(fact("gpu use (%)", "dcu use (%)", "hcu use (%)")), fact("pcie clock level")
    speed = re.search(r"\(([\d.]+ ?GT/s) x(\d+)\)", level, re.IGNORECASE)
    return Gpu(
        name=names[0] if names else product_name("", pci_id, "", revision),
        vendor=vendor,
        index=index,
        memory_bytes=total or None,
        memory_free_bytes=None if total is None or used is None else total - used,
        visible_memory_bytes=whole(fact("vis_vram total memory (b)")),
        pci=PciPlace(
            address=pci_address(fact("pci bus")),
            gen_now=generation(speed[1]) if speed else None,
            width_now=lanes(speed[2]) if speed else None,
        ),
        pci_id=pci_id,
        driver=driver,
        compute_id=_compute_id(fact("gfx version")),
        power_limit_w=number(fact("max graphics package power (w)")) or None,
        power_w=_first_number(facts, "graphics package power (w)", besides="max "),
        temperature_c=number(fact("temperature (sensor junction) (c)", "temperature (sensor edge) (c)")),
        utilisation=None if share is None else share / 100,
        numa_node=_node(fact("(topology) numa node")),
    )


def _bytes(fact: Callable[..., str], name: str) -> int | None:
    """ROCm counts bytes, Hygon's copy of its tool MiB."""
    count, mebi = whole(fact(f"{name} (b)")), whole(fact(f"{name} (mib)"))
    return mebi * _MIB if count is None and mebi is not None else count


def _bare_id(facts: Mapping[str, object]) -> str:
    """Some releases print the PCI id where the name of the model belongs."""
    model = said(facts.get("card model"))
    return hex_digits(model) if model.lower().startswith("0x") and model.lower() not in {"0x1002", "0x0000"} else ""


def _compute_id(text: str) -> str:
    """The target, such as gfx942; ROCm 6.0 printed gfx90a as "gfx9010", the stepping in decimal."""
    return "gfx90a" if text == "gfx9010" else text if text.startswith("gfx") else ""


def _first_number(facts: Mapping[str, object], ending: str, besides: str) -> float | None:
    found: Iterable[float | None] = (
        number(value) for key, value in facts.items() if key.endswith(ending) and not key.startswith(besides)
    )
    return next((value for value in found if value is not None), None)


def _node(text: str) -> int | None:
    value = whole(text)
    return value if value is not None and value >= 0 else None
