"""Time and size of the quote: the guide's schemes, and projects of 60 and 300 lines.

    python bench/quote.py

Long projects repeat the lines of scheme 1 under new numbers; their prices, checks and forecast do not matter here.
"""

import time
from dataclasses import replace

from dsdesk.catalog.store import open_catalog
from dsdesk.evaluate import evaluate
from dsdesk.project.project import Project
from dsdesk.project.templates import SCHEMES, scheme
from dsdesk.quote.export import make_pdf


def lengthened(project: Project, count: int) -> Project:
    """`project` with the lines of its first machine repeated until there are `count`."""
    configuration = project.configuration
    first = configuration.machines[0]
    lines = tuple(
        replace(first.lines[index % len(first.lines)], no=index + 1, unit_price=None) for index in range(count)
    )
    machines = (replace(first, lines=lines), *configuration.machines[1:])
    return project.with_configuration(replace(configuration, machines=machines))


def main() -> None:
    """Print seconds of processor time of preview and file, kilobytes and pages by project, language and purpose."""
    catalog = open_catalog()
    projects = {key: scheme(key) for key in SCHEMES}
    projects |= {f"{count} lines": lengthened(projects["scheme-1"], count) for count in (60, 300)}
    print(f"{'project':10} {'language':8} {'prices':9} {'shown s':>7} {'file s':>7} {'kB':>6} {'pages':>6}")
    for name, project in projects.items():
        evaluation = evaluate(project, catalog)
        for language in ("zh_CN", "en", "both"):
            for prices in ("blank", "estimate"):
                start = time.process_time()
                make_pdf(evaluation, catalog, language=language, prices=prices)
                shown = time.process_time() - start
                start = time.process_time()
                content, exported = make_pdf(evaluation, catalog, language=language, prices=prices, spreadsheet=True)
                written = time.process_time() - start
                size = len(content) / 1000
                print(f"{name:10} {language:8} {prices:9} {shown:7.2f} {written:7.2f} {size:6.0f} {exported.pages:6}")


if __name__ == "__main__":
    main()
