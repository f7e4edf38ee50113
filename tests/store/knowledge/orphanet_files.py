"""Small files in the form of Orphanet's."""

import pytest

HEAD = '<?xml version="1.0" encoding="{encoding}"?>\n<JDBOR date="2025-12-09 07:02:35" version="1.3.42">\n'
DISEASE = '<OrphaCode>586</OrphaCode><Name lang="en">Mucoviscidose fibrokystique é</Name>'
GENE = """<DisorderGeneAssociation><SourceOfValidation>{cited}</SourceOfValidation>
  <Gene id="1"><Name lang="en">name of {symbol}</Name><Symbol>{symbol}</Symbol></Gene>
  <DisorderGeneAssociationType id="1"><Name lang="en">{relation}</Name></DisorderGeneAssociationType>
  <DisorderGeneAssociationStatus id="1"><Name lang="en">{status}</Name></DisorderGeneAssociationStatus>
</DisorderGeneAssociation>"""
SYMPTOM = """<HPODisorderAssociation><HPO><HPOId>{term}</HPOId><HPOTerm>any</HPOTerm></HPO>
  <HPOFrequency><Name lang="en">{frequency}</Name></HPOFrequency></HPODisorderAssociation>"""

CAUSES = "Disease-causing germline mutation(s) in"


def gene(symbol, relation=CAUSES, status="Assessed", cited=""):
    return GENE.format(symbol=symbol, relation=relation, status=status, cited=cited)


@pytest.fixture
def written(tmp_path):
    def write(body, name="en_product6.xml", encoding="utf-8"):
        disease = f"<DisorderList><Disorder id='1'>{DISEASE}{body}</Disorder></DisorderList></JDBOR>"
        path = tmp_path / name
        path.write_text(HEAD.format(encoding=encoding) + disease, encoding=encoding)
        return path

    return write
