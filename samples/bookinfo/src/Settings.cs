// SPDX-License-Identifier: Apache-2.0
namespace Bookinfo;

/// <summary>What the environment says of this instance.</summary>
/// <param name="Version"><c>SERVICE_VERSION</c>: of reviews, v1 shows no stars, v2 black ones, v3 red ones.</param>
/// <param name="Name"><c>POD_NAME</c>: who answered.</param>
internal sealed record Settings(string Host, string Port, string Version, string Name);
