"""Of memory that processor and GPU share, what the GPU may use."""

import pytest

from dsdesk.build.inventory import device_memory_bytes
from dsdesk.hardware.parts import Accelerator
from tests.claims.factory import factory_catalog


@pytest.mark.parametrize(
    ("part_id", "mib"),
    [
        # what Metal reports on machines of 512, 128 and 32 GB in llama.cpp's logs, and CUDA on a DGX Spark
        ("apple-m3-ultra-80", 475_136),
        ("apple-m4-max-40", 110_100),
        ("apple-m5-10", 25_559),
        ("nvidia-gb10", 122_567),
    ],
)
def test_the_share_is_what_the_driver_reports(part_id, mib):
    part = factory_catalog().part(part_id)
    assert isinstance(part, Accelerator)
    assert device_memory_bytes(part) / 2**20 == pytest.approx(mib, rel=1e-4)
