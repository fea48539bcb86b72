#include "front.h"
void test_limits(void) {}
void test_module(void) {}
void test_operands(void) {}
void test_opcodes(void) {}
void test_files(char **f, int n) {
    (void)f;
    (void)n;
}
void test_truncated(char **f, int n) {
    (void)f;
    (void)n;
}
void test_speed(char **f, int n) {
    (void)f;
    (void)n;
}
