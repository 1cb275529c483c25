"""Where things stand, for the pages; kept downstairs, where messages find it too."""

from harbour.documents.addresses import FOLDERS, address, of_entry, of_hit, of_notice, page, thread

__all__ = ["FOLDERS", "address", "of_entry", "of_hit", "of_notice", "page", "thread"]
