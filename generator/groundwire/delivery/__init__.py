"""Mail on its way out, and the service where people join and leave."""
