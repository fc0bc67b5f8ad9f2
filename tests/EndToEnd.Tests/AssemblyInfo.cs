// SPDX-License-Identifier: Apache-2.0
using Xunit.Sdk;
using Xunit.v3;

// Meshes share this machine's loopback addresses: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
