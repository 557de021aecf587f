"""NVIDIA Jetson: `tegrastats`, /etc/nv_tegra_release and the model of its device tree."""

import re

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import jetson_name
from dsdesk.detect.snapshot import Gpu, HostFacts, MemoryFacts, Snapshot

_MIB = 1024**2
_STATS = re.compile(r"\bRAM (\d+)/(\d+)MB \(lfb ")
_LOAD = re.compile(r"\bGR3D_FREQ (\d+)%")
_HEAT = re.compile(r"\bgpu@([\d.]+)C", re.IGNORECASE)
_RELEASE = re.compile(r"^# R(\d+) \(release\), REVISION: ([\d.]+)", re.MULTILINE)
_MODEL = re.compile(r"\b(NVIDIA )?Jetson (AGX |TX|Xavier|Orin|Nano|Thor|T\d)[^\0\n]{0,60}")
_MOST_CHARACTERS = 2_000_000


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if len(text) > _MOST_CHARACTERS:
        return False
    is_model = len(text) < 200 and _MODEL.match(text.strip()) is not None  # noqa: PLR2004 - the file is one line
    return is_model or bool(_STATS.search(text)) or bool(_RELEASE.search(text))


def _read(capture: Capture) -> Snapshot:
    text = capture.text
    stats, load, heat = _STATS.search(text), _LOAD.search(text), _HEAT.search(text)
    model, release = _MODEL.search(text), _RELEASE.search(text)
    total = int(stats[2]) * _MIB if stats else None
    free = (int(stats[2]) - int(stats[1])) * _MIB if stats else None
    gpu = Gpu(
        name=jetson_name(model[0]) if model else "",
        vendor="nvidia",
        index=0,
        memory_bytes=total,
        memory_free_bytes=free,
        unified_memory=True,
        utilisation=int(load[1]) / 100 if load else None,
        temperature_c=float(heat[1]) if heat else None,
    )
    return Snapshot(
        host=HostFacts(
            maker="NVIDIA",
            product=jetson_name(model[0]) if model else "",
            os=f"Jetson Linux {release[1]}.{release[2]}" if release else "",
        ),
        gpus=(gpu,),
        memory=MemoryFacts(total_bytes=total, available_bytes=free),
    )


FORMAT = Format(key="jetson", title="tegrastats", recognises=_recognises, read=_read)
