"""Printed pages: fact sheets and posters as PDF, pictures for links. The only door to typst."""
