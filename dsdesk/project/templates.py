"""The guide's three schemes as projects, and what a new project starts from."""

from dsdesk.base import assets
from dsdesk.base.message import N_, Message
from dsdesk.project.file import SUFFIX, load
from dsdesk.project.project import Project, UseCase, Workload

SCHEMES = ("scheme-1", "scheme-2", "scheme-3")

SCHEME_NAMES = {
    "scheme-1": Message(N_("Scheme 1: individual developer, DeepSeek-Lite on two RTX 4090")),
    "scheme-2": Message(N_("Scheme 2: small company, DeepSeek-Pro on two H200")),
    "scheme-3": Message(N_("Scheme 3: large company, DeepSeek-Ultra on DGX H100 and MI300X nodes")),
}

# Typical token counts of each kind of traffic: starting values that the Workload page shows and lets the user change.
PRESETS = {
    UseCase.CHAT: Workload(use_case=UseCase.CHAT, input_tokens=1024, output_tokens=512, context_tokens=8192),
    UseCase.RAG: Workload(use_case=UseCase.RAG, input_tokens=8192, output_tokens=512, context_tokens=16384),
    UseCase.AGENTS: Workload(use_case=UseCase.AGENTS, input_tokens=16384, output_tokens=1024, context_tokens=65536),
    UseCase.BATCH: Workload(
        use_case=UseCase.BATCH, sequences=64, input_tokens=1024, output_tokens=512, context_tokens=4096
    ),
    UseCase.FINETUNE: Workload(use_case=UseCase.FINETUNE, input_tokens=2048, output_tokens=0, context_tokens=2048),
}


def scheme(key: str) -> Project:
    """The project of one of the guide's schemes, such as "scheme-1".

    Raises:
        FileError: the program's own template is missing or damaged.
    """
    return load(assets.factory_db("templates", key + SUFFIX))
