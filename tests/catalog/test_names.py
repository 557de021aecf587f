import pytest

from dsdesk.catalog.names import Level, keys, stated_memory


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("NVIDIA GeForce RTX 4090", "rtx4090"),
        ("nvidia rtx4090", "rtx4090"),
        ("GeForce RTX 4090 24GB", "rtx4090"),
        ("RTX 4090 24 GiB", "rtx4090"),
        ("ＲＴＸ　4090", "rtx4090"),
        ("AMD Ryzen 9 7950X 16-Core Processor", "ryzen97950x"),
        ("13th Gen Intel(R) Core(TM) i9-13900K @ 3.00GHz", "corei913900k"),
        ("昇腾 910B", "昇腾910b"),
    ],
)
def test_what_drivers_and_shops_add_is_left_out(written, key):
    assert keys(written)[Level.BARE] == key


def test_a_laptop_chip_is_not_the_card():
    assert keys("NVIDIA GeForce RTX 4090 Laptop GPU")[Level.BARE] != "rtx4090"


@pytest.mark.parametrize(
    ("written", "size"), [("A100 80GB", 80), ("RTX 4090 48G", 48), ("H200", None), ("Alpha 16GB or 32GB", None)]
)
def test_the_memory_in_a_name(written, size):
    assert stated_memory(written) == size
