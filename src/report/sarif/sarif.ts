/** What we write of SARIF 2.1.0; the names are the standard's. */

export type Level = 'error' | 'warning' | 'note';

interface Message {
  readonly text: string;
}

export interface SarifRule {
  readonly id: string;
  readonly shortDescription: Message;
  readonly defaultConfiguration: { readonly level: Level };
}

export interface SarifLocation {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: { readonly startLine: number };
  };
  readonly logicalLocations?: readonly { readonly name: string; readonly kind: string }[];
  readonly message?: Message;
}

export interface SarifFlowLocation {
  readonly location: SarifLocation;
  readonly executionOrder: number;
  readonly nestingLevel: number;
  readonly importance: 'essential' | 'important' | 'unimportant';
  readonly kinds: readonly string[];
}

export interface SarifCodeFlow {
  readonly threadFlows: readonly {
    readonly id: string;
    readonly message: Message;
    readonly locations: readonly SarifFlowLocation[];
  }[];
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: Level;
  readonly message: Message;
  readonly locations: readonly SarifLocation[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly codeFlows?: readonly SarifCodeFlow[];
  readonly suppressions?: readonly {
    readonly kind: 'external';
    readonly status: 'accepted';
    readonly justification: string;
  }[];
  readonly properties: Readonly<Record<string, string | number>>;
}

export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly semanticVersion: string;
        readonly rules: readonly SarifRule[];
      };
    };
    readonly automationDetails: { readonly id: string };
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly { readonly level: Level; readonly message: Message }[];
    }[];
    readonly columnKind: 'utf16CodeUnits';
    readonly results: readonly SarifResult[];
  }[];
}
