"""Parcels: what is taken out of the directory and may come back, as a folder or a ZIP file.

Every file of a parcel stands with its SHA-256 in `manifest-sha256.txt`. :mod:`writing` lets nobody
see half a parcel, :mod:`reading` trusts none, :mod:`tables` puts rows into one and takes them out.
"""
