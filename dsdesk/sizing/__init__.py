"""The formulas: memory, parallel plan, throughput, storage, network. They take values, never a bill of materials."""
