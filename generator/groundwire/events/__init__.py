"""Stories: entries grouped into events, and the choice of those that get a page. Decisions only; nothing here touches the world."""
