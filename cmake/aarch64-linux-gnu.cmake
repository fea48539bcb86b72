# SPDX-License-Identifier: MIT
# Builds for arm64 Linux on another machine, with Debian's cross compiler; what was built runs by
# qemu-user. CMake finds libraries only below HC_SYSROOT, a folder of unpacked arm64 packages, and in
# the cross compiler's own folders; .ci/arm64 makes that folder and shows how to use this file:
#   cmake -S . -B build/arm64 -G Ninja --toolchain cmake/aarch64-linux-gnu.cmake -DHC_SYSROOT=DIR
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(HC_SYSROOT "" CACHE PATH "Folder of unpacked arm64 packages")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES HC_SYSROOT)
set(CMAKE_FIND_ROOT_PATH ${HC_SYSROOT} /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# Programs find the libraries of the sysroot at run time, without anything set.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,-rpath,${HC_SYSROOT}/usr/lib/aarch64-linux-gnu")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)
