"""What of a text is in another language than its post."""

from collections.abc import Iterator

from scheduler.drafting.values import Setting, day_line


def english_words(setting: Setting, text: str) -> Iterator[str]:
    """Yields a warning where the sentence about the day, which is ready to use in English alone, stands in another language."""
    occurrence, language = setting.occurrence, setting.language
    name = occurrence.day.name_in(language)
    line = day_line(name, occurrence.start, occurrence.end, setting.local_time.date())
    if language.partition("-")[0].casefold() != "en" and line in text:
        yield f"“{line}” is in English, and the post is in another language ({language}): write that sentence yourself"
