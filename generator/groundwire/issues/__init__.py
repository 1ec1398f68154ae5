"""The weekly issue: when one is due, which stories it carries, and its Markdown file. Pure; nothing here touches the disk."""
