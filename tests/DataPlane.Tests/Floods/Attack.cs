// SPDX-License-Identifier: Apache-2.0
namespace DataPlane.Tests.Floods;

/// <summary>A flood, and how the proxy shows that it has refused it.</summary>
/// <param name="Run">Does it, asserts what the attacker sees of the refusal, and ends when the proxy has had enough.</param>
/// <param name="Refusals">Statistics, with how much they grow at least.</param>
internal sealed record Attack(Action<FloodFixture> Run, params (string Stat, long Least)[] Refusals)
{
    /// <summary>Descriptors that the proxy may keep for the next one.</summary>
    public int KeptDescriptors { get; init; }
}
