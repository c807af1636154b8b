"""The catalogue as it is public, to keep and to pass on: readable without this programme.

HTML that opens from a USB stick, the JSON of the interface, tables, maps, attachments; and beside
them the very rows of the public entries, from which an empty instance becomes the same again.
"""
