# SPDX-License-Identifier: MIT
# What a run consists of: the upload of its input, the kernel, the download of its answer. Called by
# picture.c.
width = 860; height = 480
load source.'/style.gp'
set title 'One run with all its transfers: medians' offset 0, 1.0
set ylabel 'milliseconds'
set yrange [0:*]
set offsets 0, 0, graph 0.08, 0
set style data histograms
set style histogram rowstacked
set style fill solid 0.9 border lc rgb '#ffffff'
set boxwidth 0.55
set tmargin 3.7
set bmargin 6
set rmargin 3
unset grid
set grid ytics lc rgb '#dddddd' lt 1
set key center bottom at graph 0.5, 1.01 horizontal maxcols 3 width 1 noenhanced
set xtics noenhanced
plot data using 2:xtic(1) lc rgb pale title columnheader(2), \
     data using 3 lc rgb blue title columnheader(3), \
     data using 4 lc rgb orange title columnheader(4), \
     data using ($0 - 1):($2 + $3 + $4):(sprintf('%.3g ms', $2 + $3 + $4)) with labels offset 0, 0.7 \
         tc rgb '#222222' notitle
