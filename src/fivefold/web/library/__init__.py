"""The readable book of the treatment inside the app: pages, search by a plain description, and the clinic's own notes beside modules."""
