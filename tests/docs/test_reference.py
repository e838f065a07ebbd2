"""The reference says what the model says, of every word of the language, and its samples are run."""

from __future__ import annotations

from typing import get_args

import pytest
import yaml

from docs.generator.layout import KINDS, PAGES, Section, sections
from docs.generator.pages import FOLDER, ROOT, samples, written
from interpreter.document import model
from interpreter.document.docstrings import member_texts, summary
from interpreter.document.shapes import members, shape_of

PAGES_NOW = written()


def every_node():
    """Every class that a part of a document may be read as."""
    found, pending = set(), [shape_of(model.Document)]
    while pending:
        shape = pending.pop()
        pending += shape.inner()
        if shape.kind == "node" and shape.type not in found:
            found.add(shape.type)
            pending += [member.shape for member in members(shape.type).values()]
    return found


@pytest.mark.parametrize("name", sorted(PAGES_NOW))
def test_a_page_is_what_the_model_says(name):
    """Otherwise: `make reference`."""
    assert (FOLDER / name).read_text() == PAGES_NOW[name]


def test_there_is_no_page_too_many():
    assert {path.name for path in FOLDER.iterdir()} == PAGES_NOW.keys()


def test_every_kind_has_a_page_with_a_sample_that_is_run():
    cases = yaml.safe_load_all((ROOT / "tests" / "samples" / "cases.yaml").read_text())
    run = {case["sample"] for case in cases}

    assert {page.roots[0][1] for page in KINDS} == set(get_args(model.AnyTask))
    for page in KINDS:
        assert samples(page), page.name
        assert {sample.stem for sample in samples(page)} <= run
        assert all(sample.read_text().rstrip() in PAGES_NOW[page.file] for sample in samples(page))


def test_every_class_of_the_model_stands_on_a_page():
    assert every_node() <= sections().keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_member_of_a_class_is_on_its_page(page):
    rows = [line.split(" | ")[0].strip("| `") for line in PAGES_NOW[page.file].splitlines() if line.startswith("| `")]
    common = members(model.TaskCommon)
    for section in sections().values():
        if section.page is page:
            own = [
                name
                for name in members(section.node)
                if page.name == "task" or name not in common or not issubclass(section.node, model.TaskCommon)
            ]
            assert set(own) <= set(rows)


@pytest.mark.parametrize("node", sorted(sections(), key=lambda node: node.__name__), ids=lambda node: node.__name__)
def test_every_member_is_told_in_a_sentence(node):
    texts = [summary(node), *member_texts(node).values()]

    assert len(texts) == len(members(node)) + 1
    for text in texts:
        assert text.endswith(".")
        assert text[0].isupper() or text.startswith("`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_headings_of_a_page_differ(page):
    anchors = [section.anchor for section in sections().values() if section.page is page]

    assert len(anchors) == len(set(anchors))
    assert Section(page, page.title, model.Document).anchor not in anchors
