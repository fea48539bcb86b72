# SPDX-License-Identifier: MIT
# The ratios of one run of the bench: dots are rounds, circles those that are outliers, the bar spans
# the quartiles, the square is the median, the cross the target. Called by picture.c with the number
# of cases as count, and the letters of the longest name as longest.
width = 980; height = 150 + 46 * count
load source.'/style.gp'
stats data index 0 using 3 nooutput
low = STATS_min; high = STATS_max
stats data index 1 using 3 nooutput
least = STATS_min; most = STATS_max
set title 'bench '.area.': each case against its reference, round by round' noenhanced offset 0, 2.2
set ytics noenhanced
set y2tics noenhanced scale 0 offset -0.5
set y2range [count + 0.6:0.4]
set yrange [count + 0.6:0.4]
set tmargin 4.8
set bmargin 5
set lmargin 0.95 * longest + 3
set rmargin 31
if (high / low > 12) {
    set logscale x
    set xrange [least / 1.25:most * 1.25]
    set xlabel 'ratio (logarithmic)'
} else {
    set xrange [0:*]
    set xlabel 'ratio'
}
set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead lc rgb '#999999' lw 1
set key center bottom at graph 0.5, 1.01 horizontal maxcols 4 width 1 noenhanced
set bars 0.6
plot data index 1 using ($4 == 0 ? $3 : NaN):($1 + 0.5 * ($2 - 0.5)) with points \
         pt 7 ps 0.4 lc rgb pale title 'round', \
     data index 1 using ($4 == 1 ? $3 : NaN):($1 + 0.5 * ($2 - 0.5)) with points \
         pt 6 ps 0.6 lw 1.5 lc rgb orange title 'outlier', \
     data index 0 using 3:1:4:5:ytic(2):y2tic(10) with xerrorbars pt 5 ps 0.8 lw 2 \
         lc rgb blue title 'median, quartiles', \
     data index 0 using 6:1 with points pt 2 ps 1.4 lw 2 lc rgb red title 'target'
