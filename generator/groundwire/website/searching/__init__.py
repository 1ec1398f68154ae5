"""The search: bundles of Pagefind's, and what the browser needs to ask them as one."""
