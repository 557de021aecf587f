"""The simulated server of a configuration on a build, and the traffic that its workload stands for."""

from dsdesk.base.source import Unknown
from dsdesk.build.serving import Served
from dsdesk.build.sized import run_of
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import Configuration
from dsdesk.sizing.results import ParallelPlan
from dsdesk.sizing.serving import Promise
from dsdesk.sizing.simulation import ServingCase
from dsdesk.sizing.simulation_server import server
from dsdesk.sizing.simulation_traffic import Lengths, Traffic

_DAY_S = 86_400.0
_MOST_SHARED = 0.99  # of the mean prompt: something of each is its own


def serving_case(
    llm: Llm, configuration: Configuration, served: Served, plan: ParallelPlan, offload_layers: int
) -> ServingCase | Unknown:
    """What the workload asks of the machine: its requests a day, spread evenly, or its users with their pauses."""
    workload = configuration.workload
    found = server(
        run_of(llm, configuration, served, plan, offload_layers=offload_layers),
        input_tokens=workload.input_tokens,
        output_tokens=workload.output_tokens,
        context_tokens=workload.context_tokens,
    )
    if isinstance(found, Unknown):
        return found
    daily = workload.requests_per_day
    users = Traffic(users=workload.sequences, think_s=workload.think_s)
    return ServingCase(
        server=found,
        traffic=Traffic(requests_s=daily / _DAY_S) if daily else users,
        inputs=Lengths(mean=workload.input_tokens, cv=workload.input_cv),
        outputs=Lengths(mean=workload.output_tokens, cv=workload.output_cv),
        context_tokens=workload.context_tokens,
        shared=min(_MOST_SHARED, workload.shared_tokens / workload.input_tokens),
        promise=Promise(ttft_s_max=workload.ttft_s_max, decode_tok_s_min=workload.decode_tok_s_min),
        share=workload.kept_share,
    )
