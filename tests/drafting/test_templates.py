"""Templates are found where they should be, and do no harm whatever is in them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.drafting.templates import RenderingFailed, Templates, shipped_templates
from scheduler.errors import Problem, TemplateError

WHERE = Problem("", file="campaigns/open-day.toml", line=10, key='slot "news"')


@pytest.fixture
def templates(tmp_path: Path) -> Iterator[Templates]:
    with Templates(tmp_path, seconds=0.5) as made:
        yield made


def write(workspace: Path, path: str, text: str) -> Path:
    file = workspace / "templates" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def said(templates: Templates, text: str, **values: object) -> str:
    with pytest.raises(TemplateError) as caught:
        templates.render_text(text, WHERE, values)
    return str(caught.value)


def test_a_platform_has_its_own_template_and_all_others_the_default(tmp_path: Path, templates: Templates) -> None:
    write(tmp_path, "news/x.j2", "short {{ title }}")
    write(tmp_path, "news/default.j2", "long {{ title }}")

    assert templates.render("news", "x", {"title": "Open day"}) == "short Open day"
    assert templates.render("news", "bluesky", {"title": "Open day"}) == "long Open day"


def test_the_workspaces_own_templates_come_before_those_that_ship(tmp_path: Path, templates: Templates) -> None:
    write(tmp_path, "quote/default.j2", "ours")

    assert templates.render("quote", "x", {}) == "ours"
    assert templates.find("announcement", "x") == shipped_templates() / "announcement" / "x.j2"


def test_the_four_templates_ship_with_a_default_and_one_for_x() -> None:
    shipped = shipped_templates()

    for name in ("announcement", "how-to-help", "key-fact", "quote"):
        assert (shipped / name / "default.j2").is_file()
        assert (shipped / name / "x.j2").is_file()


def test_an_unknown_template_is_named_with_the_nearest_one(templates: Templates) -> None:
    with pytest.raises(TemplateError, match='unknown template "anouncement"; did you mean "announcement"'):
        templates.find("anouncement", "x")


@pytest.mark.parametrize("name", ["../config", "/etc", "", ".", "quote/../../etc"])
def test_a_template_name_cannot_leave_the_folder(templates: Templates, name: str) -> None:
    with pytest.raises(TemplateError, match="unknown template"):
        templates.find(name, "x")


def test_a_template_without_a_file_for_the_platform_says_so(tmp_path: Path, templates: Templates) -> None:
    write(tmp_path, "news/x.j2", "short")

    with pytest.raises(TemplateError, match=r'template "news" has no default.j2 and no bluesky.j2'):
        templates.find("news", "bluesky")


def test_an_error_in_a_file_names_the_file_and_the_line(tmp_path: Path, templates: Templates) -> None:
    write(tmp_path, "news/default.j2", "first\nsecond {{ titel }}\n")

    with pytest.raises(TemplateError) as caught:
        templates.render("news", "x", {"title": "Open day"})

    assert str(caught.value) == 'templates/news/default.j2:2: unknown variable "titel"; did you mean "title"?'


def test_an_error_in_a_campaigns_text_names_the_line_of_the_campaign(templates: Templates) -> None:
    message = said(templates, "first\n{{ titel }}", title="Open day")

    assert message == 'campaigns/open-day.toml:11: slot "news": unknown variable "titel"; did you mean "title"?'


def test_a_name_far_from_all_others_gets_the_list(templates: Templates) -> None:
    assert said(templates, "{{ xyz }}", title="", link="").endswith('unknown variable "xyz"; there are link, title')


def test_a_key_of_a_group_is_guessed_among_its_siblings(templates: Templates) -> None:
    assert 'did you mean "name"' in said(templates, "{{ day.nam }}", day={"name": "Open Day", "start": ""})


ENDLESS = "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{% for i in range(10**9) %}{% endfor %}", "Range too big", id="a range of a billion"),
        pytest.param(ENDLESS, "takes longer than 0.5 s", id="loops within loops"),
        pytest.param("{{ 10 ** (10 ** 9) }}", "takes longer than|too much memory", id="a number without end"),
        pytest.param("{{ 'x' * 10 ** 10 }}", "too much memory", id="a text of ten gigabytes"),
        pytest.param("{{ 'x' | center(10 ** 10) }}", "too much memory", id="the same by a filter"),
        pytest.param("{{ '%10000000000d' % 1 }}", "too much memory|Error", id="the same by a format"),
        pytest.param(
            "{% set n = namespace(a='xx') %}{% for i in range(60) %}{% set n.a = n.a ~ n.a %}{% endfor %}{{ n.a }}",
            "too much memory|takes longer",
            id="doubling",
        ),
        pytest.param("{% for i in range(90000) %}xxxxx{% endfor %}", "grows over 100,000", id="many small pieces"),
        pytest.param("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself", id="a macro of itself"),
        pytest.param("{{ title.__class__ }}", "reaches for", id="a dunder"),
        pytest.param("{{ title.format.__globals__ }}", "reaches for", id="a function's globals"),
        pytest.param("{{ '{0.__class__}'.format(title) }}", "reaches for", id="a dunder by format"),
        pytest.param("{% include '../config.toml' %}", "not in templates/", id="a file outside"),
        pytest.param("{% include '/etc/hostname' %}", "not in templates/", id="an absolute path"),
        pytest.param("{{ 1 / 0 }}", "ZeroDivisionError", id="raises"),
        pytest.param("{% if %}", "not a template", id="no template at all"),
        pytest.param("{{ nothing }}", "an empty value would be printed", id="None in public"),
        pytest.param("{{ group }}", "pick one: name", id="a whole group"),
        pytest.param("{{ nothing.name }}", "empty here", id="a part of nothing"),
        pytest.param("{{ '\\ud800' }}", "half of a character", id="half of a character"),
    ],
)
def test_a_harmful_template_ends_with_an_error_and_soon(templates: Templates, text: str, expected: str) -> None:
    before = time.monotonic()

    with pytest.raises(TemplateError, match=expected):
        templates.render_text(text, WHERE, {"title": "Open day", "nothing": None, "group": {"name": "A"}})

    assert time.monotonic() - before < 10, "a time-out that does not work runs for minutes"


def test_templates_still_work_after_one_that_had_to_be_stopped(templates: Templates) -> None:
    said(templates, ENDLESS)

    assert templates.render_text("{{ title }}", WHERE, {"title": "Open day"}) == "Open day"


def test_a_template_that_was_stopped_once_is_not_tried_again(templates: Templates) -> None:
    first = said(templates, ENDLESS)

    before = time.monotonic()
    second = said(templates, ENDLESS)

    assert second == first
    assert time.monotonic() - before < 0.4


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, templates: Templates) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("token")
    write(tmp_path, "news/default.j2", "{% include 'news/out.j2' %}")
    (tmp_path / "templates/news/out.j2").symlink_to(secret)

    with pytest.raises(TemplateError, match="not in templates/"):
        templates.render("news", "x", {})


def test_templates_may_include_each_other(tmp_path: Path, templates: Templates) -> None:
    write(tmp_path, "parts/default.j2", "{{ title }}!")
    write(tmp_path, "news/default.j2", "{% include 'parts/default.j2' %}")

    assert templates.render("news", "x", {"title": "Open day"}) == "Open day!"


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"caf\xe9", "not UTF-8"), (b"x" * 200_000, "larger than 100,000 bytes")],
)
def test_a_file_that_is_no_template_is_said(
    tmp_path: Path, templates: Templates, content: bytes, expected: str
) -> None:
    write(tmp_path, "news/default.j2", "").write_bytes(content)

    with pytest.raises(TemplateError, match=expected):
        templates.render("news", "x", {})


def test_the_rendering_process_gets_ready_while_the_articles_are_read(tmp_path: Path) -> None:
    with Templates(tmp_path) as templates:
        begun = templates._renderer._process
        rendered = templates.render_text("ready", WHERE, {})

        assert begun is not None
        assert templates._renderer._process is begun
    assert rendered == "ready"


def test_the_rendering_process_knows_no_secret(templates: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_TOKEN", "hush")
    templates.close()
    templates.render_text("started", WHERE, {})

    pid = templates._renderer._process.pid  # type: ignore[union-attr] # just started

    assert b"hush" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_checking_finds_a_syntax_error_without_rendering(tmp_path: Path, templates: Templates) -> None:
    write(tmp_path, "news/default.j2", "fine\n{% for %}")

    with pytest.raises(TemplateError, match=r"templates/news/default.j2:2: not a template"):
        templates.check("news", "x")


def test_the_kind_of_failure_is_told(templates: Templates) -> None:
    with pytest.raises(RenderingFailed) as caught:
        templates.render_text("{{ nothing }}", WHERE, {"nothing": None})

    assert caught.value.kind == "nothing"
