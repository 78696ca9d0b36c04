"""Numbers that others have printed, with where they were seen: data without names for worked examples."""

# Depression (HAM-D) before and after treatment of the forty people whom the R package clinicalsignificance uses of its data set claus_2020 (times 1
# and 4). Its tests draw them as the dots of one picture (github.com/pedscience/clinicalsignificance, tests/testthat/_snaps/plot/
# distribution-ha-plot.svg), from which they were read; here they are in order of size.
HAMD_OF_FORTY = (
    (15, 11), (18, 20), (21, 2), (21, 8), (21, 9), (21, 25), (22, 2), (22, 6), (22, 10), (23, 13), (23, 16), (23, 20), (24, 9), (24, 18), (24, 22),
    (24, 22), (24, 30), (25, 13), (25, 13), (25, 16), (25, 24), (25, 24), (25, 28), (26, 8), (26, 8), (26, 17), (26, 18), (27, 2), (27, 8), (27, 14),
    (27, 18), (27, 20), (28, 4), (28, 7), (28, 9), (28, 14), (28, 24), (30, 25), (31, 15), (32, 27),
)  # fmt: skip

# Global distress (GDS) before and after marital therapy of the 26 of thirty couples who have both, from Jacobson and Truax 1991 as the R data set jt.data
# (which belongs to the function jt.rci) lists them; the same as jacobson_1989 of clinicalsignificance.
GDS_OF_COUPLES = (
    (57.0, 50.0), (58.5, 58.0), (61.0, 60.5), (62.5, 55.5), (63.0, 52.0), (63.0, 65.5), (63.5, 55.0), (63.5, 64.0), (67.0, 47.5), (67.5, 44.0),
    (68.0, 51.0), (68.0, 62.5), (69.5, 56.0), (70.0, 65.5), (71.5, 53.0), (71.5, 60.5), (73.5, 55.5), (73.5, 71.0), (74.5, 56.0), (75.0, 62.0),
    (75.0, 73.0), (75.0, 78.0), (75.5, 50.0), (76.0, 77.0), (76.5, 58.5), (78.5, 60.5),
)  # fmt: skip
