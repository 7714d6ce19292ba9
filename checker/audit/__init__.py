"""The checker checked: proofs that its checks catch what is wrong and nothing else.

``python3 -m checker audit`` runs them. What is tried: every catalogued mistake, hundreds of small
changes made by rule (:mod:`.operators`), right apps written otherwise, hostile submissions, and
apps that answer everything alike.
"""
