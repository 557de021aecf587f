"""A row of a file of measurements, read: which model, engine, precision and settings it is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dsdesk.base.units import GIB
from dsdesk.llm.architecture import AttentionGroup, Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import LLAMA, UBATCH
from dsdesk.sizing.precisions import PRECISIONS, KvFormat, parse_kv_precision
from dsdesk.sizing.results import ParallelPlan

_MOST = 2**31  # engines keep such settings in 32 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A row, read.

    Attributes:
        llm: the model it names.
        row: its text.
        engine: None where it names none that is known.
        precision: key, None where its name is none of ours.
        devices: accelerators.
        context: longest context [tokens].
        sequences: in flight.
        derivable: whether the size follows from the precision's name; mixes made tensor by tensor do not.
    """

    llm: Llm
    row: Mapping[str, str]
    engine: Engine | None
    precision: str | None
    devices: int
    context: int
    sequences: int
    derivable: bool

    def flag(self, name: str) -> str:
        """The value of a flag in the row ("ubatch=512", "-fa 1"), "" where it is not there."""
        found = re.search(rf"(?:^|[\s-]){re.escape(name)}[=\s]+([\w.]+)", self.row.get("flags", ""))
        return found.group(1) if found else ""

    def place(self) -> str:
        """The device that the row's notes name ("CUDA0", "CPU"), "" where they name none."""
        found = re.match(r"(CUDA_Host|CUDA\d+|CPU|Metal|ROCm\d+|Vulkan\d+)\b", self.row.get("notes", ""))
        return found.group(1) if found else ""

    def kv(self) -> KvFormat:
        """The cache format."""
        return parse_kv_precision(self.row.get("kv_precision", ""))

    def kv_of(self, group: AttentionGroup) -> KvFormat:
        """The cache format of a group, where the row says that values have a type of their own."""
        keys = self.kv()
        found = re.search(r"V \((\w+)\)", self.row.get("notes", ""))
        if found is None or not group.v_head_dim or group.kv_lora_rank:
            return keys
        values = parse_kv_precision(found.group(1))
        width = group.head_dim + group.v_head_dim
        bits = (keys.bits * group.head_dim + values.bits * group.v_head_dim) / width
        return replace(keys, bits=bits)

    def count(self, *names: str) -> int | None:
        """The first of these flags that is a whole number above zero."""
        found = (self.flag(name) for name in names)
        return next((int(one) for one in found if one.isascii() and one.isdigit() and 0 < int(one) < _MOST), None)

    def micro_batch(self) -> int:
        """Tokens of a micro-batch: as stated (`ubatch=`, `-ub`), no more than a batch (`-b`) or the context."""
        own = self.count("ubatch", "ub") or UBATCH
        return min(own, self.count("b") or own, self.context)

    def device_gib(self) -> int | None:
        """Memory of a device in its name, None where the name says nothing of it."""
        found = re.search(r"(\d+)\s*GB", self.row.get("gpu", ""))
        return int(found.group(1)) if found else None

    def spills(self) -> bool:
        """Whether the weights exceed the accelerators, so that some of them lie in host memory."""
        memory = self.device_gib()
        if memory is None:
            return True
        stated = re.search(r"([\d.]+) *bpw", self.row.get("precision", ""))
        bits = float(stated.group(1)) if stated else PRECISIONS[self.precision].nominal_bits if self.precision else 16.0
        weights = bits / 8 * sum(one.parameters for one in self.llm.architecture.tensors if not one.mtp)
        return weights > memory * GIB * self.devices

    def plan(self) -> ParallelPlan:
        """The plan: what the row says, else layers for llama.cpp and tensors for the others."""
        sizes = {
            name: int(size) for name, size in re.findall(r"\b(tp|pp|ep|dp)=?(\d+)", self.row.get("parallelism", ""))
        }
        if sizes:
            return ParallelPlan(**{name: max(1, size) for name, size in sizes.items()})  # type: ignore[arg-type]
        return ParallelPlan(pp=self.devices) if self.engine in LLAMA else ParallelPlan(tp=self.devices)
