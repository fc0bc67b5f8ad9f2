// SPDX-License-Identifier: Apache-2.0
namespace ControlPlane.Tests.Config.Oracle;

/// <summary>What a value must be, as somebody else says.</summary>
internal abstract record OracleType;

/// <summary>A text, a number or a flag: <c>string</c>, <c>number</c>, <c>boolean</c>.</summary>
internal sealed record OracleScalar(string Name) : OracleType;

/// <summary>One of several words.</summary>
internal sealed record OracleWords(IReadOnlyList<string> Words) : OracleType;

internal sealed record OracleList(OracleType Item) : OracleType;

internal sealed record OracleMap(OracleType Value) : OracleType;

internal sealed record OracleObject(IReadOnlyDictionary<string, OracleField> Fields) : OracleType;

/// <summary>A type that is declared elsewhere.</summary>
internal sealed record OracleReference(string Name) : OracleType;

/// <summary>Anything, or more than one type.</summary>
internal sealed record OracleAny : OracleType;

internal sealed record OracleField(OracleType Type, bool IsRequired);
