"""Speculative decoding: a draft proposes tokens, one pass of the model checks them all.

    tokens a pass = (1 - a^(k + 1)) / (1 - a)    for k drafts, each accepted with probability a if those before it were

The checking pass reads weights and cache once for the k + 1 tokens of every sequence, computes all of them and, with
experts, touches the experts of all of them. The draft is taken as one layer of the model and its output matrix, read
once for every draft, which is what a multi-token-prediction module is.

Source: Leviathan, Kalman, Matias, "Fast Inference from Transformers via Speculative Decoding", arXiv 2211.17192,
equation 1; DeepSeek-V3, arXiv 2412.19437, section 2.2 (multi-token prediction).
"""

from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.project.project import Speculation
from dsdesk.sizing.step_work import ModelWork

MOST_DRAFTS = 16
# Share of accepted drafts where nobody says another. Source: DeepSeek-V3, arXiv 2412.19437 (2024-12), section 5.4.3:
# 85 to 90 % of its second tokens were accepted over several topics; other models and further tokens keep fewer.
USUAL_ACCEPTANCE = 0.85


def tokens_a_pass(speculation: Speculation | None) -> float:
    """Mean tokens that one pass adds to a sequence, at least one."""
    if speculation is None:
        return 1.0
    share = speculation.acceptance
    return sum(share**i for i in range(speculation.draft_tokens + 1))


def violation(speculation: Speculation | None) -> Message | None:
    """Why there can be no such drafts, None where there can."""
    if speculation is None:
        return None
    if not 1 <= speculation.draft_tokens <= MOST_DRAFTS:
        return Message("a pass drafts between 1 and {most} tokens", most=MOST_DRAFTS)
    if not 0.0 <= speculation.acceptance <= 1.0:
        return Message("a share of accepted drafts lies between 0 and 1")
    return None


def draft_work(work: ModelWork) -> ModelWork:
    """One layer of the model and its output matrix."""
    share = 1.0 / work.layers
    return replace(
        work,
        layers=1,
        body_bytes=work.body_bytes * share,
        copied_bytes=work.copied_bytes * share,
        expert_bytes=work.expert_bytes * share,
        body_parameters=work.body_parameters * share,
        copied_parameters=work.copied_parameters * share,
        expert_parameters=work.expert_parameters * share,
        moe_layers=min(1, work.moe_layers),
        attention=tuple(replace(group, layers=group.layers[:1]) for group in work.attention[:1]),
    )
