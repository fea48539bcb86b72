# SPDX-License-Identifier: MIT
# Curves over size, both axes logarithmic: for each way, medians as a line and the quartiles as bars.
# Called by picture.c with title, xname, yname, and the number of curves as ways.
width = 860; height = 500
load source.'/style.gp'
array colour[6] = [grey, blue, red, green, violet, orange]
array symbol[6] = [5, 7, 9, 11, 13, 3]
speedup = (yname eq 'times as fast')
set title title noenhanced offset 0, 2.2
set xlabel xname noenhanced
set ylabel yname noenhanced
set logscale x 2
set logscale y 10
set format x '2^{%L}'
set format y '%g'
set mytics 10
set tmargin 5
set bmargin 6
set rmargin 3
set key center bottom at graph 0.5, 1.01 horizontal maxcols 3 width 1 noenhanced
set offsets graph 0.03, graph 0.03, 0, 0
if (speedup) { set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead lc rgb '#777777' lw 1.5 }
plot for [w = 1:ways] data using 1:3*w-1:3*w:3*w+1 with yerrorlines \
     lw 2 pt symbol[w + speedup] ps 0.8 lc rgb colour[w + speedup] title columnheader(3*w-1)
