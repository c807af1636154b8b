"""What several pages are made of: the ready values that `templates/components` show.

Pages know their components; a component knows other components, and no page.
"""
