"""The command that loads Orphanet's own files."""

from tests.cli.test_staff import command, copies, copy
from tests.store.knowledge.orphanet_files import gene, written

__all__ = ["command", "copies", "copy", "written"]


def test_an_operator_loads_a_file_of_orphanet_and_removes_it(command, written):
    said = [
        command("load-orphadata", *words)
        for words in ((str(written(gene("CFTR"))),), (str(written("", "other.xml")),), (), ("--remove",))
    ]

    assert [code for code, _words in said] == [0, 1, 2, 0], said
    assert "en_product6.xml of 2025-12-09: 1 statements loaded." in said[0][1]
    assert "https://www.orphadata.com" in said[1][1]
    assert "Nothing of Orphanet's files is left." in said[3][1]
