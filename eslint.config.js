import jest from 'eslint-plugin-jest';
import prettier from 'eslint-config-prettier';
import sortImports from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

const builtins = {
  group: ['node:*', 'fs', 'path', 'crypto', 'child_process'],
  message: 'no Node builtins here: this code is replayed or pure',
};

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'build',
      '.data*',
      'coverage',
      'eslint.config.js',
      'jest.config.js',
      'test/sequencer.js', // Jest loads it as it is
      '.dependency-cruiser.cjs',
      'bench/profile.mjs', // loaded by node before tsx is
      'fuzz/collector.mjs', // so is this
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'simple-import-sort': sortImports },
    rules: {
      'simple-import-sort/imports': 'error',
      'simple-import-sort/exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // A number in a message is no accident.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowNullish: true },
      ],
      // `return freeze(…)` says "and that is all" in a reducer.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // JSON columns and bracket access of index signatures are the project's way with strictest tsconfig.
      '@typescript-eslint/dot-notation': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['src/domain/**', 'src/workflows/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [builtins] }] },
  },
  {
    files: ['src/domain/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'the domain has no clock: take `context.now`' },
        {
          object: 'Math',
          property: 'random',
          message: 'the domain has no chance: take `context.draw`',
        },
      ],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'fetch', 'crypto'],
    },
  },
  {
    files: ['test/**'],
    ...jest.configs['flat/recommended'],
    rules: {
      ...jest.configs['flat/recommended'].rules,
      // Tests read wire answers and rows, whose shape is what they prove.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'jest/expect-expect': 'off',
      'jest/no-conditional-expect': 'off',
    },
  },
  prettier,
);
