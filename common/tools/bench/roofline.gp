# SPDX-License-Identifier: MIT
# The roofline: no program is above what memory feeds it (the slopes) nor above what the arithmetic
# units do (the flat top). Limits are the best rounds of the same run. Called by picture.c with triad and
# triad_nt in GB/s, fma in GFLOP/s, and the intensity of the product.
width = 860; height = 540
load source.'/style.gp'
set title 'Roofline: arithmetic over memory traffic, under the limits measured in the same run' offset 0, 2.6
set xlabel 'floating-point operations per byte that must be moved'
set ylabel 'GFLOP/s'
set logscale x 2
set logscale y 10
set xrange [1. / 32:512]
set yrange [0.1:fma * 3]
set format y '%g'
set xtics ('1/32' 1. / 32, '1/16' 1. / 16, '1/8' 1. / 8, '1/4' 0.25, '1/2' 0.5, '1' 1, '2' 2, \
           '4' 4, '8' 8, '16' 16, '32' 32, '64' 64, '128' 128, '256' 256, '512' 512)
set tmargin 5
set bmargin 6
set rmargin 3
set samples 600
set key center bottom at graph 0.5, 1.01 horizontal maxcols 3 width 1 noenhanced
fast = triad_nt > triad ? triad_nt : triad
roof(x, gbps) = gbps * x < fma ? gbps * x : fma
set label 1 sprintf('%.0f GFLOP/s multiply-adds', fma) at 60, fma * 1.3 right tc rgb '#444444'
if (triad_nt > 0) set label 2 sprintf('%.0f GB/s non-temporal', triad_nt) at 1.0, triad_nt * 1.35 right tc rgb '#444444'
set label 3 sprintf('%.0f GB/s plain stores', triad) at 1.15, triad * 0.8 left tc rgb '#444444'
set label 11 'vector sum' at 1. / 12, 0.125 center tc rgb '#444444'
set label 12 'sum' at 0.25, 0.125 center tc rgb '#444444'
set label 13 'stencil' at 0.55, 0.125 center tc rgb '#444444'
set label 14 'product' at product, 0.125 center tc rgb '#444444'
array colour[5] = [blue, red, violet, green, orange]
array symbol[5] = [7, 9, 13, 11, 4]
array name[5] = ['C, all threads', 'kernel, one item per element', 'kernel with tiles', \
                 'kernel shaped for a CPU', 'OpenBLAS']
plot roof(x, fast) with lines lw 2 lc rgb '#444444' notitle, \
     roof(x, triad) with lines lw 2 dt 2 lc rgb '#444444' notitle, \
     for [w = 1:5] data index w - 1 using 1:2:3:4 with yerrorbars pt symbol[w] ps 1 lw 1.5 \
         lc rgb colour[w] title name[w]
