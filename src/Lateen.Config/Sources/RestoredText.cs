// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;

namespace Lateen.Config.Sources;

/// <summary>What an earlier process had in force of a text that has errors now.</summary>
/// <param name="Read">That alone.</param>
/// <param name="Since">When each resource came into force.</param>
internal sealed record RestoredText(
    string Name,
    DecodedText Read,
    IReadOnlyDictionary<ConfigKey, DateTimeOffset> Since
);
