"""`nvidia-smi -q -x`."""

from dataclasses import replace
from xml.etree.ElementTree import Element

from dsdesk.base.message import Message
from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import XML, nvidia_gpu, symptoms_in
from dsdesk.detect.formats.words import said, size_bytes
from dsdesk.detect.snapshot import Gpu, HostFacts, Slice, Snapshot
from dsdesk.detect.symptoms import recovery_symptom


def _recognises(capture: Capture) -> bool:
    return "<nvidia_smi_log" in capture.text


def _read(capture: Capture) -> Snapshot:
    root = capture.xml
    if root is None:
        return Snapshot()
    if root.tag != "nvidia_smi_log":
        root = root.find(".//nvidia_smi_log")
    if root is None:
        return Snapshot()
    driver = said(root.findtext("driver_version"))
    gpus: list[Gpu] = []
    warnings: list[Message] = []
    for element in root.findall("gpu"):
        gpus.append(replace(_gpu(element, driver), index=len(gpus)))
        values = (text.strip() for text in element.itertext())
        warnings += [symptom for symptom in symptoms_in(values) if symptom not in warnings]
        warnings += recovery_symptom(gpus[-1].label, said(element.findtext("gpu_recovery_action")))
    return Snapshot(
        host=HostFacts(nvidia_driver=driver, cuda=said(root.findtext("cuda_version"))),
        gpus=tuple(gpus),
        warnings=tuple(warnings),
    )


def _gpu(element: Element, driver: str) -> Gpu:
    def get(path: str) -> str:
        text = element.findtext(path)
        if text is None and path == "pci/pci_bus_id":
            return element.get("id", "")
        return text or ""

    slices = tuple(
        Slice(memory_bytes=size_bytes(device.findtext("fb_memory_usage/total")))
        for device in element.findall("mig_devices/mig_device")
    )
    return nvidia_gpu(get, XML, driver, slices)


FORMAT = Format(key="nvidia-smi-xml", title="nvidia-smi -q -x", recognises=_recognises, read=_read)
