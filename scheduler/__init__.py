"""Redletter publishes an organisation's social media posts on the awareness days that it marks.

The story, and the room that tells each chapter:

    awareness    WHEN      an awareness day comes up
    campaigns    WHO       that a campaign waits for;
    articles     SOURCES   the articles it draws on are read
    excerpts     WHAT      and cut into excerpts;
    drafting     HOW       templates turn excerpts into messages that fit each platform,
    posts        THE BOOK  which are kept as draft posts, each with its hour, and reviewed;
    preview      LOOKING   people look at them
    platforms    WHERE     and, on the day, each goes out through the adapter of its platform,
    publishing   GOING OUT claimed, attempted, recorded: once, never twice.
    cli          the door.
"""
