"""Bundles `*.dsdcat`: a new catalogue or a company's price list on a stick, signed, and verified before it is read.

From The Update Framework come the monotonic version, the hashes, the rotation of keys by threshold and the list of
attacks (docs/security.md); from minisign the form of keys and signatures, so that its tool can check ours.
"""
