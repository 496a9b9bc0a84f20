"""The annual report: gathered once, written as one document, set three ways."""
