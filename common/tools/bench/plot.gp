# SPDX-License-Identifier: MIT
# The ratios of one run of the bench: dots are rounds, the bar spans the quartiles, the square is
# the median, the cross the target. Called by hc_bench, with the number of cases as count:
#   gnuplot -e "summary='opencl.tsv'; rounds='opencl.rounds.tsv'; picture='opencl.svg'; \
#               area='opencl'; count=4" plot.gp
set terminal svg size 820, 130 + 70 * count background "white" font "sans-serif,13"
set output picture
set datafile separator tab
set datafile missing "?"
set ytics noenhanced
set title sprintf("bench %s: ratio of each case to its reference", area) noenhanced
set xlabel "ratio"
set xrange [0:*]
set yrange [count + 0.6:0.4]
set grid xtics lc rgb "#dddddd"
set key outside bottom center horizontal width -4
set bars 0.6
plot rounds using 3:($1 + 0.3 * ($2 / 31.0 - 0.5)) skip 2 with points pt 7 ps 0.25 \
         lc rgb "#9ab8d0" title "rounds", \
     summary using 3:1:4:5:ytic(2) skip 2 with xerrorbars pt 5 ps 0.9 lw 2 \
         lc rgb "#1f4e79" title "median, quartiles", \
     summary using 6:1 skip 2 with points pt 2 ps 1.4 lw 2 lc rgb "#c0392b" title "target"
