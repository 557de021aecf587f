"""Edits make a new project and leave the old one as it was."""

from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.message import Message
from dsdesk.project.edits import add_part, change_line, combine, next_line_no, remove_line
from dsdesk.project.project import DriveUse, Pool, Project

TEXT = Message("edit")


def lines(project):
    configuration = project.configuration
    return [line for machine in configuration.machines for line in machine.lines] + list(configuration.shared)


@given(st.lists(st.sampled_from([0, None]), max_size=12))
def test_line_numbers_are_never_shared(places):
    project = Project()
    for place in places:
        project = add_part("part", TEXT, machine=place).apply(project)
    numbers = [line.no for line in lines(project)]
    assert len(set(numbers)) == len(places)
    assert next_line_no(project) not in numbers


def test_change_reaches_one_line_and_no_other():
    before = combine(TEXT, add_part("a", TEXT), add_part("b", TEXT, machine=None)).apply(Project())
    after = change_line(2, TEXT, quantity=5).apply(before)
    assert [line.quantity for line in lines(after)] == [1, 5]
    assert [line.quantity for line in lines(before)] == [1, 1]


def test_removed_line_takes_its_pool_along():
    project = add_part("drive", TEXT, quantity=2).apply(Project())
    pools = (Pool(use=DriveUse.WEIGHTS, line_no=1, drives=2, layout="raid0"),)
    from dataclasses import replace

    project = project.with_configuration(replace(project.configuration, pools=pools))
    assert remove_line(1).apply(project).configuration.pools == ()
