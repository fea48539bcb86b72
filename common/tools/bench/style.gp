# SPDX-License-Identifier: MIT
# What all pictures of the bench share: the file's kind, its size (width and height are set by the
# picture's own script), grey axes, and at the bottom the data file and its hash.
set encoding utf8
if (kind eq 'svg') {
    set terminal svg size width, height background 'white' font 'sans-serif,13' name area
} else {
    set terminal pngcairo size 1.5 * width, 1.5 * height background 'white' font 'sans-serif,15' \
        linewidth 1.4 pointscale 1.3
}
set output picture
set datafile separator tab
set datafile missing '?'
set border 3 lc rgb '#444444'
set tics nomirror textcolor rgb '#222222'
set grid xtics ytics lc rgb '#dddddd' lt 1
set label 1000 file.'  SHA-256 '.hash at screen 0.01, screen 0 offset 0, 0.7 left noenhanced \
    font ',8' tc rgb '#666666'
blue = '#1f4e79'; pale = '#9ab8d0'; red = '#c0392b'; green = '#2e8b57'; violet = '#8e5ea2'
orange = '#d9822b'; grey = '#888888'
