// SPDX-License-Identifier: MIT
/* A source with two regions that a chapter shows, one of them inside the other. */
#include <stdio.h>

int main(void) {
    //> outer
    int sum = 0;
    //> loop
    for (int i = 0; i < 4; i++) {
        sum += i;
    }
    //< loop
    printf("%d\n", sum);
    //< outer
    return 0;
}
